import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chain } from './chain.mjs';
import { Registry, word, zeroAddress, zeroWord } from './registry.mjs';

const chain = await Chain.start();
const [owner, registrar, other, stranger] = chain.accounts;
const root = word('root');
const key = word('key');
const unknown = [zeroWord, 0n, '0x', 0n, zeroAddress, 0n, 0n];

test('a batch is returned with its claim, its registrar and its block, and announced', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const claimed = chain.nextTime - 5;
  const receipt = await registry.accepts(registrar, 'registerBatch', [root, 1000, key, claimed], {
    events: [['BatchRegistered', root, registrar, 1000n, key, BigInt(claimed)]],
  });
  assert.deepEqual(await registry.view('getBatch', root), [
    root,
    1000n,
    key,
    BigInt(claimed),
    registrar,
    BigInt(chain.time),
    BigInt(receipt.blockNumber),
  ]);
  assert.equal(await registry.view('isBatchRegistered', root), true);
});

test('an unknown batch is all zero and empty', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(registrar, 'registerBatch', [root, 1, key, 1]);
  for (const other of [zeroWord, word('other'), key]) {
    assert.deepEqual(await registry.view('getBatch', other), unknown);
    assert.equal(await registry.view('isBatchRegistered', other), false);
    assert.equal(await registry.view('verifyContent', other, zeroWord, zeroWord, []), false);
  }
});

test('batches of several registrars and keys keep apart', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'addRegistrar', [other]);
  const expected = [];
  for (let i = 0; i < 24; i++) {
    const batch = [word(`root ${i}`), BigInt(i + 1), word(`key ${i % 5}`), BigInt(1_700_000_000 + i)];
    const from = i % 3 === 0 ? other : registrar;
    const receipt = await registry.accepts(from, 'registerBatch', batch);
    expected.push([...batch, from, BigInt(chain.time), BigInt(receipt.blockNumber)]);
  }
  assert.deepEqual(await registry.views(expected.map(([root]) => ['getBatch', root])), expected);
});

test('a batch with a known signer key takes one storage slot, laid out as documented', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'addRegistrar', [other]);
  await registry.accepts(other, 'registerBatch', [word('1'), 1, word('key 1'), 1]);
  await registry.accepts(other, 'registerBatch', [word('2'), 1, word('key 2'), 1]);
  const receipt = await registry.accepts(other, 'registerBatch', [root, 1000, word('key 2'), 1_700_000_001]);
  const slots = await registry.changedSlots(receipt);
  assert.equal(slots.length, 1);
  let [value] = (await registry.slots(slots)).map(BigInt);
  const fields = [32n, 32n, 64n, 40n, 40n, 48n].map(bits => {
    const field = value & ((1n << bits) - 1n);
    value >>= bits;
    return field;
  });
  assert.deepEqual(fields, [2n, 2n, 1000n, 1_700_000_001n, BigInt(chain.time), BigInt(receipt.blockNumber)]);
});

test('a root is registered once, by whomever and with whatever', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'addRegistrar', [other]);
  await registry.accepts(registrar, 'registerBatch', [root, 10, key, 1]);
  const before = await registry.view('getBatch', root);
  const reason = ['BatchAlreadyRegistered', root];
  await registry.refuses(reason, registrar, 'registerBatch', [root, 10, key, 1]);
  await registry.refuses(reason, registrar, 'registerBatch', [root, 11, word('another key'), 2]);
  await registry.refuses(reason, other, 'registerBatch', [root, 10, key, 1]);
  assert.deepEqual(await registry.view('getBatch', root), before);
});

test('a refused batch leaves nothing behind, not even its key', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.refuses(['InvalidLeafCount', 0n], registrar, 'registerBatch', [root, 0, key, 1]);
  assert.equal(await registry.view('isBatchRegistered', root), false);
  const first = await registry.accepts(registrar, 'registerBatch', [root, 1, key, 1]);
  const second = await registry.accepts(registrar, 'registerBatch', [word('next'), 1, key, 1]);
  assert.equal((await registry.changedSlots(first)).length, 4, 'batch, both ways of the key, the counter');
  assert.equal((await registry.changedSlots(second)).length, 1);
});

test('only registrars register batches; owning the contract is not enough', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const caller of [owner, other, stranger]) {
    await registry.refuses(['NotRegistrar', caller], caller, 'registerBatch', [root, 10, key, 1]);
  }
  assert.equal(await registry.view('isBatchRegistered', root), false);
});

test('a zero root is refused', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.refuses(['InvalidRoot'], registrar, 'registerBatch', [zeroWord, 10, key, 1]);
});

test('a batch has 1 to 2^31 - 1 leaves', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const count of [0n, 2n ** 31n, 2n ** 31n + 1n, 2n ** 32n + 1n, 2n ** 64n + 1n, 2n ** 256n - 1n]) {
    await registry.refuses(['InvalidLeafCount', count], registrar, 'registerBatch', [root, count, key, 1]);
  }
  for (const count of [1n, 2n, 2n ** 31n - 1n]) {
    await registry.accepts(registrar, 'registerBatch', [word(`${count}`), count, key, 1]);
    assert.equal((await registry.view('getBatch', word(`${count}`)))[1], count);
  }
});

test('a signer key has 32 bytes, whichever they are', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const length of [0, 1, 31, 33, 64, 1000]) {
    const reason = ['InvalidSignerPubKey', BigInt(length)];
    await registry.refuses(reason, registrar, 'registerBatch', [root, 1, `0x${'ab'.repeat(length)}`, 1]);
  }
  for (const bytes of [zeroWord, `0x${'ff'.repeat(32)}`, `0x${'00'.repeat(31)}01`]) {
    await registry.accepts(registrar, 'registerBatch', [word(bytes), 1, bytes, 1]);
    assert.equal((await registry.view('getBatch', word(bytes)))[2], bytes);
  }
});

test('a claimed time may be 300 seconds ahead of the block, and as old as it likes', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const [name, ahead] of [
    ['exact', 300n],
    ['same', 0n],
    ['before', -1n],
  ]) {
    const time = chain.nextTime;
    await registry.accepts(registrar, 'registerBatch', [word(name), 1, key, BigInt(time) + ahead], { time });
    const [, , , claimed, , registeredAt] = await registry.view('getBatch', word(name));
    assert.deepEqual([claimed, registeredAt], [BigInt(time) + ahead, BigInt(time)]);
  }
  await registry.accepts(registrar, 'registerBatch', [word('zero'), 1, key, 0]);
  const time = chain.nextTime;
  const reason = ['TimestampInFuture', BigInt(time + 301), BigInt(time)];
  await registry.refuses(reason, registrar, 'registerBatch', [root, 1, key, time + 301], { time });
  for (const far of [2n ** 40n, 2n ** 64n, 2n ** 256n - 1n]) {
    const time = chain.nextTime;
    await registry.refuses(['TimestampInFuture', far, BigInt(time)], registrar, 'registerBatch', [root, 1, key, far], { time });
  }
});

test('times beyond 32 bits are kept', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const time of [2 ** 32 - 1, 2 ** 32, 2 ** 39]) {
    await registry.accepts(registrar, 'registerBatch', [word(`${time}`), 1, key, time + 300], { time });
    const [, , , claimed, , registeredAt] = await registry.view('getBatch', word(`${time}`));
    assert.deepEqual([claimed, registeredAt], [BigInt(time) + 300n, BigInt(time)]);
  }
});
