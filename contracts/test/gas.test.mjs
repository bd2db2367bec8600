import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { measure, readFigures, renderTable, tablePath } from '../gas.mjs';

test('no transaction costs more gas than gas.json says', async t => {
  const [measured, recorded] = [await measure(), await readFigures()];
  for (const kind of ['figures', 'batches']) {
    assert.deepEqual(
      Object.keys(measured[kind]),
      Object.keys(recorded[kind]),
      'the same figures; else run: node build.mjs --gas',
    );
    for (const [name, gas] of Object.entries(measured[kind])) {
      const limit = recorded[kind][name];
      assert.ok(gas <= limit, `${name} costs ${gas} gas, ${gas - limit} more than before`);
      if (gas < limit) t.diagnostic(`${name} costs ${limit - gas} gas less than gas.json says. Run: node build.mjs --gas`);
    }
  }
});

test('gas.md is the page of gas.json', async () => {
  assert.equal(await readFile(tablePath, 'utf8'), await renderTable(await readFigures()), 'run: node build.mjs --gas');
});
