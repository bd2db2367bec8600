// Writes provenance-contract.json with ethers 6 and the contract's ABI: npm ci in contracts, then node make_provenance_contract.mjs.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const contracts = new URL('../../../contracts/', import.meta.url);
const { Interface, id } = createRequire(contracts)('ethers');
const artifact = JSON.parse(readFileSync(new URL('artifacts/ProvenanceRegistry.json', contracts), 'utf8'));
const registry = new Interface(artifact.abi);

const root = id('root'), key = id('signer key'), registrar = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const proof = [id('sibling 0'), id('sibling 1'), id('sibling 2')];
const batch = { root, leafCount: 2147483647, key, claimedAt: 1800000000, registrar, registeredAt: 1800000007, blockNumber: 81234567 };
const tuple = values => registry.encodeFunctionResult('getBatch', [values]);
const zero = `0x${'0'.repeat(64)}`;

writeFileSync(new URL('provenance-contract.json', import.meta.url), `${JSON.stringify({
  source: 'ethers 6.17.0, Interface of contracts/artifacts/ProvenanceRegistry.json',
  batch,
  contentSha256: id('content'),
  certificateSha256: id('certificate'),
  proof,
  calls: {
    getBatch: registry.encodeFunctionData('getBatch', [root]),
    registerBatch: registry.encodeFunctionData('registerBatch', [root, batch.leafCount, key, batch.claimedAt]),
    verifyContent: registry.encodeFunctionData('verifyContent', [root, id('content'), id('certificate'), proof]),
    verifyContentWithoutProof: registry.encodeFunctionData('verifyContent', [root, id('content'), id('certificate'), []]),
    isRegistrar: registry.encodeFunctionData('isRegistrar', [registrar]),
  },
  results: {
    batch: tuple([root, batch.leafCount, key, batch.claimedAt, registrar, batch.registeredAt, batch.blockNumber]),
    unknown: tuple([zero, 0, '0x', 0, `0x${'0'.repeat(40)}`, 0, 0]),
    true: registry.encodeFunctionResult('isRegistrar', [true]),
    false: registry.encodeFunctionResult('isRegistrar', [false]),
  },
  errors: {
    BatchAlreadyRegistered: registry.encodeErrorResult('BatchAlreadyRegistered', [root]),
    NotRegistrar: registry.encodeErrorResult('NotRegistrar', [registrar]),
    InvalidRoot: registry.encodeErrorResult('InvalidRoot', []),
    InvalidLeafCount: registry.encodeErrorResult('InvalidLeafCount', [0]),
    InvalidSignerPubKey: registry.encodeErrorResult('InvalidSignerPubKey', [31]),
    TimestampInFuture: registry.encodeErrorResult('TimestampInFuture', [1, 2]),
  },
  event: registry.encodeEventLog('BatchRegistered', [root, registrar, batch.leafCount, key, batch.claimedAt]),
}, null, 2)}\n`);
