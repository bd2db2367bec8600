import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chain } from './chain.mjs';
import { Registry, word, zeroAddress } from './registry.mjs';

const chain = await Chain.start();
const [owner, registrar, other, stranger, heir] = chain.accounts;
const key = word('key');

const registers = (registry, from, name) => registry.accepts(from, 'registerBatch', [word(name), 1, key, 1]);
const mayNotRegister = (registry, from) =>
  registry.refuses(['NotRegistrar', from], from, 'registerBatch', [word('refused'), 1, key, 1]);

test('a deployment announces its owner and its registrar', async () => {
  const registry = await Registry.deploy(chain, owner, registrar, stranger);
  assert.deepEqual(registry.events(registry.deployment), [
    ['OwnershipTransferred', zeroAddress, owner],
    ['RegistrarAdded', registrar],
  ]);
  assert.equal(await registry.view('owner'), owner);
  assert.equal(await registry.view('pendingOwner'), zeroAddress);
  assert.deepEqual(await registry.views([registrar, owner, stranger, zeroAddress].map(who => ['isRegistrar', who])), [
    true,
    false,
    false,
    false,
  ]);
});

test('a deployment may begin without a registrar, or with the owner as one', async () => {
  const without = await Registry.deploy(chain, owner);
  assert.deepEqual(without.events(without.deployment), [['OwnershipTransferred', zeroAddress, owner]]);
  assert.equal(await without.view('isRegistrar', zeroAddress), false);
  await mayNotRegister(without, owner);
  await without.accepts(owner, 'addRegistrar', [registrar]);
  await registers(without, registrar, 'root');
  const both = await Registry.deploy(chain, owner, owner);
  await registers(both, owner, 'root');
});

test('a deployment without an owner is refused', async () => {
  const registry = await Registry.deploy(chain, zeroAddress, registrar, stranger);
  assert.equal(registry.deployment.status, '0x0');
  const returned = await registry.returned(registry.deployment);
  assert.equal(registry.interface.parseError(returned).name, 'InvalidOwner');
});

test('the owner adds and removes registrars, who may register in between', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await mayNotRegister(registry, other);
  await registry.accepts(owner, 'addRegistrar', [other], { events: [['RegistrarAdded', other]] });
  assert.equal(await registry.view('isRegistrar', other), true);
  await registers(registry, other, 'in between');
  await registry.accepts(owner, 'removeRegistrar', [other], { events: [['RegistrarRemoved', other]] });
  assert.equal(await registry.view('isRegistrar', other), false);
  await mayNotRegister(registry, other);
  await registers(registry, registrar, 'of the one that stayed');
});

test('what a removed registrar registered stays and still names it', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registers(registry, registrar, 'root');
  await registry.accepts(registrar, 'registerContent', [word('content'), word('picture'), key, 1]);
  const before = await registry.views([
    ['getBatch', word('root')],
    ['getContent', word('content')],
  ]);
  await registry.accepts(owner, 'removeRegistrar', [registrar]);
  await registry.accepts(owner, 'addRegistrar', [other]);
  await registers(registry, other, 'another');
  assert.deepEqual(
    await registry.views([
      ['getBatch', word('root')],
      ['getContent', word('content')],
    ]),
    before,
  );
  assert.equal(before[0][4], registrar);
  assert.equal((await registry.view('getBatch', word('another')))[4], other);
});

test('a registrar that is added again registers as before, under its old number', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registers(registry, registrar, 'before');
  await registry.accepts(owner, 'addRegistrar', [other]);
  await registry.accepts(owner, 'removeRegistrar', [registrar]);
  await mayNotRegister(registry, registrar);
  const receipt = await registry.accepts(owner, 'addRegistrar', [registrar], { events: [['RegistrarAdded', registrar]] });
  assert.equal((await registry.changedSlots(receipt)).length, 1, 'no new number');
  await registers(registry, registrar, 'after');
  await registers(registry, other, 'other');
  const batches = await registry.views(['before', 'after', 'other'].map(name => ['getBatch', word(name)]));
  assert.deepEqual(
    batches.map(batch => batch[4]),
    [registrar, registrar, other],
  );
});

test('nobody is added twice or removed twice, and the zero address never', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.refuses(['AlreadyRegistrar', registrar], owner, 'addRegistrar', [registrar]);
  await registry.refuses(['InvalidRegistrar'], owner, 'addRegistrar', [zeroAddress]);
  await registry.refuses(['NotRegistrar', other], owner, 'removeRegistrar', [other]);
  await registry.refuses(['NotRegistrar', zeroAddress], owner, 'removeRegistrar', [zeroAddress]);
  await registry.accepts(owner, 'removeRegistrar', [registrar]);
  await registry.refuses(['NotRegistrar', registrar], owner, 'removeRegistrar', [registrar]);
  await registry.accepts(owner, 'addRegistrar', [registrar]);
  await registry.refuses(['AlreadyRegistrar', registrar], owner, 'addRegistrar', [registrar]);
});

test('only the owner manages registrars and names a successor', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'transferOwnership', [heir]);
  for (const caller of [registrar, stranger, heir]) {
    await registry.refuses(['NotOwner', caller], caller, 'addRegistrar', [caller]);
    await registry.refuses(['NotOwner', caller], caller, 'addRegistrar', [zeroAddress]);
    await registry.refuses(['NotOwner', caller], caller, 'removeRegistrar', [registrar]);
    await registry.refuses(['NotOwner', caller], caller, 'transferOwnership', [caller]);
    await registry.refuses(['NotOwner', caller], caller, 'transferOwnership', [zeroAddress]);
  }
  assert.equal(await registry.view('owner'), owner);
  assert.equal(await registry.view('pendingOwner'), heir);
  assert.equal(await registry.view('isRegistrar', registrar), true);
});

test('ownership passes when the named successor accepts, and not before', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'transferOwnership', [heir], { events: [['OwnershipTransferStarted', owner, heir]] });
  assert.deepEqual(await registry.views([['owner'], ['pendingOwner']]), [owner, heir]);
  await registry.accepts(owner, 'addRegistrar', [other]);
  for (const caller of [owner, registrar, stranger])
    await registry.refuses(['NotPendingOwner', caller], caller, 'acceptOwnership', []);
  await registry.accepts(heir, 'acceptOwnership', [], { events: [['OwnershipTransferred', owner, heir]] });
  assert.deepEqual(await registry.views([['owner'], ['pendingOwner']]), [heir, zeroAddress]);
  await registry.refuses(['NotOwner', owner], owner, 'addRegistrar', [stranger]);
  await registry.refuses(['NotPendingOwner', heir], heir, 'acceptOwnership', []);
  await registry.accepts(heir, 'addRegistrar', [stranger]);
  for (const who of [registrar, other, stranger]) await registers(registry, who, who);
});

test('a new owner keeps the numbers that were given', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registers(registry, registrar, 'before');
  await registry.accepts(owner, 'transferOwnership', [heir]);
  await registry.accepts(heir, 'acceptOwnership', []);
  await registry.accepts(heir, 'addRegistrar', [other]);
  await registry.accepts(other, 'registerBatch', [word('after'), 1, word('another key'), 1]);
  const batches = await registry.views(['before', 'after'].map(name => ['getBatch', word(name)]));
  assert.deepEqual(
    batches.map(batch => [batch[2], batch[4]]),
    [
      [key, registrar],
      [word('another key'), other],
    ],
  );
});

test('a successor is replaced or taken back by naming another, and never zero', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.refuses(['InvalidOwner'], owner, 'transferOwnership', [zeroAddress]);
  await registry.accepts(owner, 'transferOwnership', [stranger]);
  await registry.refuses(['InvalidOwner'], owner, 'transferOwnership', [zeroAddress]);
  assert.equal(await registry.view('pendingOwner'), stranger);
  await registry.accepts(owner, 'transferOwnership', [heir]);
  await registry.refuses(['NotPendingOwner', stranger], stranger, 'acceptOwnership', []);
  await registry.accepts(owner, 'transferOwnership', [owner]);
  await registry.refuses(['NotPendingOwner', heir], heir, 'acceptOwnership', []);
  await registry.accepts(owner, 'acceptOwnership', [], { events: [['OwnershipTransferred', owner, owner]] });
  assert.deepEqual(await registry.views([['owner'], ['pendingOwner']]), [owner, zeroAddress]);
});

test('nobody can accept an ownership that was not offered', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const caller of [owner, registrar, stranger])
    await registry.refuses(['NotPendingOwner', caller], caller, 'acceptOwnership', []);
});
