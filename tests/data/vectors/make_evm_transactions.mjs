// Writes evm-transactions.json with ethers 6: npm install ethers@6.17.0, then node make_evm_transactions.mjs.
// The keys are public: they are hashes of texts in this file, or known to everybody. Nothing is worth having on them.
import { Transaction, SigningKey, computeAddress, getCreateAddress, hexlify, id, toBeHex } from 'ethers';
import { writeFileSync } from 'node:fs';

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const keys = [
  toBeHex(1n, 32), toBeHex(2n, 32), toBeHex(order - 1n, 32), toBeHex(order >> 1n, 32),
  ...[0, 1, 2, 3].map(i => id(`tectra test key ${i}`)),
];
const gwei = 10n ** 9n, ether = 10n ** 18n;
const bytes = (length, step) => hexlify(Uint8Array.from({ length }, (_, i) => (i * step) & 255));
// Data so long that the file holds the rule that makes it (byte i is i * step) instead of it, and the hash instead of the raw transaction.
const longData = 1000;
const registry = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const call = {
  chainId: 137n, nonce: 0n, maxPriorityFeePerGas: 30n * gwei, maxFeePerGas: 250n * gwei, gasLimit: 150_000n, to: registry, value: 0n, data: bytes(260, 7),
};

function sign(name, key, changes) {
  const fields = { ...call, ...changes };
  const unsigned = Transaction.from({ type: 2, ...fields, nonce: Number(fields.nonce), accessList: [] });
  const signature = new SigningKey(key).sign(unsigned.unsignedHash);
  const signed = unsigned.clone();
  signed.signature = signature;
  const long = (fields.data.length - 2) / 2 > longData;
  const text = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, typeof value === 'bigint' ? value.toString() : value]));
  if (long) text.data = { length: (fields.data.length - 2) / 2, step: Number(`0x${fields.data.slice(4, 6)}`) };
  return {
    name, key, ...text, signingHash: unsigned.unsignedHash, r: signature.r, s: signature.s, yParity: signature.yParity,
    raw: long ? null : signed.serialized, hash: signed.hash, from: signed.from,
  };
}

// Scalars below 2^248 have shorter encodings; about one signature in 256 has one.
function signShort(name, key, isShort) {
  for (let nonce = 0n; ; nonce++) {
    const signed = sign(name, key, { nonce });
    if (isShort(signed)) return signed;
  }
}

const k = keys.slice(4);
const transactions = [
  sign('a call on Polygon', k[0], {}),
  sign('a call on Amoy', k[0], { chainId: 80002n }),
  sign('a call on Ethereum', k[0], { chainId: 1n }),
  sign('a call on a local chain', k[0], { chainId: 31337n }),
  sign('nonce 1', k[1], { nonce: 1n }),
  sign('nonce 127', k[1], { nonce: 127n }),
  sign('nonce 128', k[1], { nonce: 128n }),
  sign('nonce 256', k[1], { nonce: 256n }),
  sign('nonce 2^32', k[1], { nonce: 2n ** 32n }),
  sign('nonce 2^53 - 1', k[1], { nonce: 2n ** 53n - 1n }),
  sign('a creation', k[2], { to: null, data: bytes(700, 11), gasLimit: 3_000_000n }),
  sign('a creation with value and high nonce', k[2], { to: null, data: bytes(56, 3), nonce: 65536n, value: 1n }),
  sign('a creation of 49152 bytes, the longest that chains take', k[2], { to: null, data: bytes(49152, 13), gasLimit: 30_000_000n }),
  sign('no data, one wei', k[3], { data: '0x', value: 1n, gasLimit: 21_000n }),
  sign('no data, no value', k[3], { data: '0x', gasLimit: 21_000n }),
  sign('one ether', k[3], { data: '0x', value: ether, gasLimit: 21_000n }),
  sign('the largest value of 128 bits', k[3], { data: '0x', value: 2n ** 128n - 1n }),
  sign('data of one zero byte', k[3], { data: '0x00' }),
  sign('data of one byte 0x7f', k[3], { data: '0x7f' }),
  sign('data of one byte 0x80', k[3], { data: '0x80' }),
  sign('data of 55 bytes', k[3], { data: bytes(55, 5) }),
  sign('data of 56 bytes', k[3], { data: bytes(56, 5) }),
  sign('data of 255 bytes', k[3], { data: bytes(255, 5) }),
  sign('data of 256 bytes', k[3], { data: bytes(256, 5) }),
  sign('data of 65536 bytes', k[3], { data: bytes(65536, 5) }),
  sign('no fees and no gas', k[3], { maxPriorityFeePerGas: 0n, maxFeePerGas: 0n, gasLimit: 0n }),
  sign('fees of 127 and 128 wei', k[3], { maxPriorityFeePerGas: 127n, maxFeePerGas: 128n }),
  sign('the largest fees of 128 bits and gas of 64', k[3], { maxPriorityFeePerGas: 2n ** 128n - 1n, maxFeePerGas: 2n ** 128n - 1n, gasLimit: 2n ** 64n - 1n }),
  sign('chain id 127', k[0], { chainId: 127n }),
  sign('chain id 2^63', k[0], { chainId: 2n ** 63n }),
  sign('to the zero address', k[0], { to: '0x0000000000000000000000000000000000000000', data: '0x', value: 1n }),
  sign('by the key 1', keys[0], {}),
  sign('by the largest key', keys[2], {}),
  signShort('r of 31 bytes', k[1], t => t.r.startsWith('0x00') && !t.s.startsWith('0x00')),
  signShort('s of 31 bytes', k[1], t => t.s.startsWith('0x00') && !t.r.startsWith('0x00')),
];
const accounts = keys.map(key => ({ key, publicKey: new SigningKey(key).publicKey, address: computeAddress(key) }));
const contracts = accounts.slice(3, 6).flatMap(({ address }) =>
  [0n, 1n, 127n, 128n, 255n, 256n, 65535n, 2n ** 32n, 2n ** 64n - 2n].map(nonce => ({ sender: address, nonce: nonce.toString(), address: getCreateAddress({ from: address, nonce }) })));

const lines = items => items.map(item => `    ${JSON.stringify(item)}`).join(',\n');
writeFileSync('evm-transactions.json', `{
  "source": "ethers 6.17.0, make_evm_transactions.mjs",
  "accounts": [\n${lines(accounts)}\n  ],
  "contracts": [\n${lines(contracts)}\n  ],
  "transactions": [\n${lines(transactions)}\n  ]
}
`);
console.log(accounts.length, 'accounts,', contracts.length, 'contracts,', transactions.length, 'transactions');
