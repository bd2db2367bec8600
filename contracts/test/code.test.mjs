import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Interface } from 'ethers';
import { readArtifact } from '../artifact.mjs';
import { Chain } from './chain.mjs';
import { Registry, word, zeroAddress } from './registry.mjs';

const chain = await Chain.start();
const [owner, registrar, stranger] = chain.accounts;
const batchRecord =
  'tuple(bytes32 merkleRoot, uint256 leafCount, bytes signerPubKey, uint256 timestamp, address registeredBy, uint256 registeredAt, uint256 blockNumber)';
const contentRecord =
  'tuple(bytes32 contentHash, bytes32 perceptualHash, bytes signerPubKey, uint256 timestamp, address registeredBy, uint256 registeredAt, uint256 blockNumber)';

/** What others were built against. It never changes: a contract that is deployed doesn't either. */
const publicInterface = [
  'constructor(address initialOwner, address initialRegistrar)',
  'function registerBatch(bytes32 merkleRoot, uint256 leafCount, bytes signerPubKey, uint256 timestamp)',
  'function registerContent(bytes32 contentHash, bytes32 perceptualHash, bytes signerPubKey, uint256 timestamp)',
  `function getBatch(bytes32 merkleRoot) view returns (${batchRecord} batch)`,
  `function getContent(bytes32 contentHash) view returns (${contentRecord} content)`,
  'function isBatchRegistered(bytes32 merkleRoot) view returns (bool)',
  'function isContentRegistered(bytes32 contentHash) view returns (bool)',
  'function contentCountByPerceptualHash(bytes32 perceptualHash) view returns (uint256)',
  'function contentHashesByPerceptualHash(bytes32 perceptualHash, uint256 offset, uint256 limit) view returns (bytes32[] contentHashes)',
  'function verifyContent(bytes32 root, bytes32 contentSha256, bytes32 certificateDigest, bytes32[] proof) view returns (bool)',
  'function owner() view returns (address)',
  'function pendingOwner() view returns (address)',
  'function transferOwnership(address newOwner)',
  'function acceptOwnership()',
  'function isRegistrar(address registrar) view returns (bool)',
  'function addRegistrar(address registrar)',
  'function removeRegistrar(address registrar)',
  'event BatchRegistered(bytes32 indexed merkleRoot, address indexed registeredBy, uint256 leafCount, bytes signerPubKey, uint256 timestamp)',
  'event ContentRegistered(bytes32 indexed contentHash, bytes32 indexed perceptualHash, address indexed registeredBy, bytes signerPubKey, uint256 timestamp)',
  'event RegistrarAdded(address indexed registrar)',
  'event RegistrarRemoved(address indexed registrar)',
  'event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)',
  'event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)',
  'error NotOwner(address caller)',
  'error NotPendingOwner(address caller)',
  'error NotRegistrar(address caller)',
  'error InvalidOwner()',
  'error InvalidRegistrar()',
  'error AlreadyRegistrar(address registrar)',
  'error InvalidRoot()',
  'error InvalidContentHash()',
  'error InvalidLeafCount(uint256 leafCount)',
  'error InvalidSignerPubKey(uint256 length)',
  'error TimestampInFuture(uint256 timestamp, uint256 blockTime)',
  'error BatchAlreadyRegistered(bytes32 merkleRoot)',
  'error ContentAlreadyRegistered(bytes32 contentHash)',
];

test('the public interface is exactly the documented one', async () => {
  const { abi } = await readArtifact();
  const sorted = fragments => new Interface(fragments).format().sort();
  assert.deepEqual(sorted(abi), sorted(publicInterface));
});

test('the deployed code is the artifact, whoever deploys it with whatever arguments', async () => {
  const { deployedBytecode } = await readArtifact();
  for (const deploy of [
    [owner, registrar],
    [stranger, zeroAddress, owner],
  ]) {
    const { address } = await Registry.deploy(chain, ...deploy);
    assert.equal(await chain.rpc('eth_getCode', address, 'latest'), deployedBytecode);
  }
});

test('the code cannot call, create, delegate or destroy', async () => {
  const { deployedBytecode } = await readArtifact();
  const forbidden = {
    0xf0: 'CREATE',
    0xf1: 'CALL',
    0xf2: 'CALLCODE',
    0xf4: 'DELEGATECALL',
    0xf5: 'CREATE2',
    0xfa: 'STATICCALL',
    0xff: 'SELFDESTRUCT',
  };
  const code = Buffer.from(deployedBytecode.slice(2), 'hex');
  const found = [];
  for (let at = 0; at < code.length; at++) {
    if (forbidden[code[at]]) found.push(forbidden[code[at]]);
    if (code[at] >= 0x60 && code[at] <= 0x7f) at += code[at] - 0x5f;
  }
  assert.deepEqual(found, []);
});

test('ether is refused by every function and without one', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const values = { bytes32: word('value'), address: stranger, uint256: 1, bytes: word('key'), 'bytes32[]': [] };
  await registry.accepts(owner, 'transferOwnership', [stranger]);
  const senders = { acceptOwnership: stranger, registerBatch: registrar, registerContent: registrar, removeRegistrar: owner };
  const one = { value: '0x1' };
  for (const { name, inputs } of registry.interface.fragments.filter(fragment => fragment.type === 'function')) {
    const parameters = name === 'removeRegistrar' ? [registrar] : inputs.map(input => values[input.type]);
    await registry.refuses([], senders[name] ?? owner, name, parameters, one);
  }
  for (const data of ['0x', '0x00', '0xdeadbeef']) {
    const [receipt] = await chain.mine([{ from: stranger, to: registry.address, data, ...one }]);
    assert.equal(receipt.status, '0x0');
  }
  assert.equal(BigInt(await chain.rpc('eth_getBalance', registry.address, 'latest')), 0n);
  const { bytecode } = await readArtifact();
  const parameters = registry.interface.encodeDeploy([owner, registrar]);
  const [deployment] = await chain.mine([{ from: owner, data: bytecode + parameters.slice(2), ...one }]);
  assert.equal(deployment.status, '0x0');
});

test('what names no function is refused, and so are truncated parameters', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const batch = registry.encode('registerBatch', word('root'), 1, word('key'), 1);
  const wild = ['0x', '0x00', '0xdeadbeef', '0x00000000', batch.slice(0, 8), batch.slice(0, -2), batch.slice(0, 200)];
  // The key's offset and length point out of the data, far out, and around the end of the number range.
  const words = batch.slice(10).match(/.{64}/g);
  for (const far of ['c0', 'ffffffffffffffff', 'f'.repeat(64), `${'f'.repeat(62)}e0`]) {
    for (const place of [2, 4])
      wild.push(batch.slice(0, 10) + words.map((value, i) => (i === place ? far.padStart(64, '0') : value)).join(''));
  }
  for (const data of wild) {
    const [receipt] = await chain.mine([{ from: registrar, to: registry.address, data }]);
    assert.equal(receipt.status, '0x0', data);
  }
  assert.equal(await registry.view('isBatchRegistered', word('root')), false);
  await registry.accepts(registrar, 'registerBatch', [word('root'), 1, word('key'), 1]);
});

test('a signer key is taken from wherever its offset points to', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const words = registry.encode('registerBatch', word('root'), 5, word('key'), 7).slice(10).match(/.{64}/g);
  const [root, count, , time, length, key] = words;
  const selector = registry.interface.getFunction('registerBatch').selector;
  const data = selector + [root, count, 'c0'.padStart(64, '0'), time, 'f'.repeat(64), 'e'.repeat(64), length, key].join('');
  const [receipt] = await chain.mine([{ from: registrar, to: registry.address, data }]);
  assert.equal(receipt.status, '0x1');
  assert.deepEqual(registry.events(receipt), [['BatchRegistered', word('root'), registrar, 5n, word('key'), 7n]]);
  assert.equal((await registry.view('getBatch', word('root')))[2], word('key'));
});

test('the build notices an artifact that is not of its source, and says what to run', async t => {
  const contracts = fileURLToPath(new URL('..', import.meta.url));
  const folder = await mkdtemp(path.join(tmpdir(), 'tectra-contracts-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const name of ['ProvenanceRegistry.sol', 'artifacts', 'artifact.mjs', 'build.mjs', 'package.json'])
    await cp(path.join(contracts, name), path.join(folder, name), { recursive: true });
  await symlink(path.join(contracts, 'node_modules'), path.join(folder, 'node_modules'));
  const build = async (...options) => {
    const run = promisify(execFile)(process.execPath, [path.join(folder, 'build.mjs'), ...options]);
    return run.then(
      ({ stdout }) => [0, stdout],
      ({ code, stderr }) => [code, stderr],
    );
  };
  const [source, artifact] = [
    path.join(folder, 'ProvenanceRegistry.sol'),
    path.join(folder, 'artifacts', 'ProvenanceRegistry.json'),
  ];
  const text = await readFile(artifact, 'utf8');
  await writeFile(artifact, text.replace(/"runs": \d+/, '"runs": 1'));
  let [code, said] = await build('--check');
  assert.equal(code, 1);
  assert.match(said, /isn't what ProvenanceRegistry\.sol compiles to \(compiler\)\. Run: node build\.mjs/);

  const original = await readFile(source, 'utf8');
  await writeFile(artifact, text);
  await writeFile(source, original.replace('MAX_SECONDS_AHEAD = 300', 'MAX_SECONDS_AHEAD = 301'));
  [code, said] = await build('--check');
  assert.equal(code, 1);
  assert.match(said, /\(sourceSha256, bytecode, deployedBytecode\)/);

  await writeFile(source, original.replace('MAX_SECONDS_AHEAD = 300', 'MAX_SECONDS_AHEAD = '));
  [code, said] = await build('--check');
  assert.equal(code, 1);
  assert.match(said, /ParserError/);
  assert.equal((await build('--unknown'))[0], 1);
});
