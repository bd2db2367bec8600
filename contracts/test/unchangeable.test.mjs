import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chain } from './chain.mjs';
import { Registry, word, zeroAddress, zeroWord } from './registry.mjs';

const chain = await Chain.start();
const [owner, registrar, removed, stranger, heir] = chain.accounts;
const picture = `0xc4c62e705bb94b17${'00'.repeat(24)}`;
const long = word('a perceptual hash of 32 bytes');

const batches = [
  [word('root 1'), 1, word('key 1'), 1],
  [word('root 2'), 2 ** 31 - 1, word('key 2'), 1_700_000_000],
  [word('root 3'), 64, word('key 1'), 0],
];
const contents = [
  [word('content 1'), picture, word('key 1'), 1],
  [word('content 2'), picture, word('key 3'), 1_700_000_000],
  [word('content 3'), picture, word('key 2'), 0],
  [word('content 4'), long, word('key 1'), 5],
  [word('content 5'), zeroWord, word('key 1'), 6],
];

/** A registry with records of a registrar and of one that was removed since. */
async function filled() {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'addRegistrar', [removed]);
  const receipts = [];
  for (const [name, records] of [
    ['registerBatch', batches],
    ['registerContent', contents],
  ]) {
    for (const [i, record] of records.entries()) receipts.push(await registry.accepts(i % 2 ? removed : registrar, name, record));
  }
  await registry.accepts(owner, 'removeRegistrar', [removed]);
  const slots = new Set();
  for (const receipt of receipts) for (const slot of await registry.changedSlots(receipt)) slots.add(slot);
  return { registry, slots: [...slots] };
}

/** Everything that the views say of the records. */
function everything(registry) {
  return registry.views([
    ...batches.flatMap(([root]) => [
      ['getBatch', root],
      ['isBatchRegistered', root],
    ]),
    ...contents.flatMap(([hash]) => [
      ['getContent', hash],
      ['isContentRegistered', hash],
    ]),
    ...[picture, long, zeroWord].flatMap(hash => [
      ['contentCountByPerceptualHash', hash],
      ['contentHashesByPerceptualHash', hash, 0, 2 ** 32],
    ]),
  ]);
}

/** For each function that can change something, whatever could be meant to change the records. */
function attempts() {
  const anybody = [owner, registrar, removed, stranger, heir, zeroAddress];
  const variants = (records, others) =>
    records.flatMap(record => [record, ...others.map(other => record.map((value, i) => other[i] ?? value))]);
  return {
    registerBatch: variants(batches, [
      [, 2],
      [, 0],
      [, , word('key 3')],
      [, , word('a new key')],
      [, , '0x'],
      [, , , 2],
      [zeroWord],
    ]),
    registerContent: variants(contents, [
      [, long],
      [, picture],
      [, zeroWord],
      [, word('other')],
      [, , word('key 2')],
      [, , '0x'],
      [, , , 2],
      [zeroWord],
    ]),
    transferOwnership: anybody.map(who => [who]),
    acceptOwnership: [[]],
    addRegistrar: anybody.map(who => [who]),
    removeRegistrar: anybody.map(who => [who]),
  };
}

test('no function changes a record, whoever calls it with whatever', async t => {
  const { registry, slots } = await filled();
  const before = await everything(registry);
  const values = await registry.slots(slots);
  const all = attempts();
  const changing = registry.interface.fragments.filter(fragment => fragment.type === 'function' && !fragment.constant);
  assert.deepEqual(
    changing.map(({ name }) => name).sort(),
    Object.keys(all).sort(),
    'every function that can change something is tried',
  );

  // Twice: the first round hands out every role and takes it away again, the second meets what it left.
  let accepted = 0;
  let refused = 0;
  for (let round = 0; round < 2; round++) {
    for (const name of Object.keys(all)) {
      const transactions = [owner, registrar, removed, stranger, heir].flatMap(from =>
        all[name].map(values => ({ from, to: registry.address, data: registry.encode(name, ...values) })),
      );
      const receipts = await chain.mine(transactions);
      const passed = receipts.filter(({ status }) => status === '0x1').length;
      if (name.startsWith('register')) assert.equal(passed, 0, name);
      accepted += passed;
      refused += receipts.length - passed;
      assert.deepEqual(await everything(registry), before, name);
    }
  }
  assert.ok(accepted > 0 && refused > 0);
  t.diagnostic(`${accepted} transactions accepted, ${refused} refused, ${slots.length} slots compared`);

  const after = await registry.slots(slots);
  const changed = slots.filter((_, i) => after[i] !== values[i]);
  assert.deepEqual(
    changed.filter(slot => BigInt(slot) !== 0n),
    [],
    'only the slot with the owner and the counters may change',
  );
});

test('the first new owner, and every further one, has no power over records either', async () => {
  const { registry } = await filled();
  const before = await everything(registry);
  for (const [from, to] of [
    [owner, heir],
    [heir, stranger],
  ]) {
    await registry.accepts(from, 'transferOwnership', [to]);
    await registry.accepts(to, 'acceptOwnership', []);
    await registry.accepts(to, 'addRegistrar', [to]);
    for (const record of batches) await registry.refuses(['BatchAlreadyRegistered', record[0]], to, 'registerBatch', record);
    for (const record of contents) await registry.refuses(['ContentAlreadyRegistered', record[0]], to, 'registerContent', record);
  }
  await registry.accepts(stranger, 'removeRegistrar', [registrar]);
  assert.deepEqual(await everything(registry), before);
});

test('new records add to lists and counters, and write over nothing', async () => {
  const { registry, slots } = await filled();
  const before = await everything(registry);
  const values = await registry.slots(slots);
  for (let i = 0; i < 5; i++) {
    await registry.accepts(registrar, 'registerBatch', [word(`new root ${i}`), i + 1, word(`new key ${i}`), i]);
    await registry.accepts(registrar, 'registerContent', [
      word(`new content ${i}`),
      [picture, long, zeroWord][i % 3],
      word(`key ${i}`),
      i,
    ]);
  }
  const after = await everything(registry);
  const records = 2 * (batches.length + contents.length);
  assert.deepEqual(after.slice(0, records), before.slice(0, records));
  for (let i = records; i < before.length; i += 2) {
    assert.ok(after[i] > before[i]);
    assert.deepEqual(after[i + 1].slice(0, before[i + 1].length), before[i + 1], 'older contents keep their places');
  }
  const now = await registry.slots(slots);
  const changed = slots.map((slot, i) => [slot, values[i], now[i]]).filter(([, old, value]) => value !== old);
  // The owner's slot counts keys; the list of `picture` had two contents after its first and now has four.
  assert.equal(changed.length, 2);
  const lengths = changed.filter(([slot]) => BigInt(slot) !== 0n).map(([, old, value]) => [BigInt(old), BigInt(value)]);
  assert.deepEqual(lengths, [[2n, 4n]]);
});
