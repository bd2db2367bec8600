import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { AbiCoder, concat, keccak256 } from 'ethers';
import solc from 'solc';
import { Chain } from './chain.mjs';
import { Registry, word } from './registry.mjs';

const chain = await Chain.start();
const [owner, registrar] = chain.accounts;
const key = word('key');
const leafTypes = ['bytes32', 'bytes32'];

/** Registers [root, leafCount] in one block. */
async function register(registry, batches) {
  const receipts = await chain.mine(
    batches.map(([root, count]) => ({
      from: registrar,
      to: registry.address,
      data: registry.encode('registerBatch', root, count, key, 1),
    })),
  );
  assert.ok(receipts.every(receipt => receipt.status === '0x1'));
}

/**
 * Calls a contract many times within one call. Its data: the contract's address as a word, then each call's length in four
 * bytes and its data. It returns a byte for each call: 0 for false, 1 for true, 2 for a revert.
 */
function compileCaller() {
  const source = `object "Caller" { code {
    let answers := 0x20
    let call_ := 0x10000
    let count := 0
    for { let at := 0x20 } lt(at, calldatasize()) { count := add(count, 1) } {
      let length := shr(224, calldataload(at))
      calldatacopy(call_, add(at, 4), length)
      at := add(at, add(length, 4))
      let isAnswered := staticcall(gas(), calldataload(0), call_, length, 0, 0x20)
      mstore8(add(answers, count), or(mul(isAnswered, mload(0)), mul(iszero(isAnswered), 2)))
    }
    return(answers, count)
  } }`;
  const outputSelection = { '*': { '*': ['evm.bytecode.object'] } };
  const output = JSON.parse(
    solc.compile(JSON.stringify({ language: 'Yul', sources: { Caller: { content: source } }, settings: { outputSelection } })),
  );
  assert.ok(output.contracts, JSON.stringify(output.errors));
  return `0x${output.contracts.Caller.Caller.evm.bytecode.object}`;
}

const callerCode = compileCaller();
const callerAddress = `0x${'ca'.repeat(20)}`;

const digits = value => value.slice(2);
const number = value => value.toString(16).padStart(64, '0');

/** Verifies every [expected, name, root, [contentSha256, certificateDigest], proof] on the chain. */
async function verifyAll(registry, cases) {
  const selector = digits(registry.interface.getFunction('verifyContent').selector);
  const wrong = [];
  for (let start = 0; start < cases.length; start += 4000) {
    const part = cases.slice(start, start + 4000);
    const calls = part.map(([, , root, leaf, proof]) => {
      // The proof's offset is after four words: root, leaf's two, offset.
      const call =
        selector + digits(root) + leaf.map(digits).join('') + number(128) + number(proof.length) + proof.map(digits).join('');
      return (call.length / 2).toString(16).padStart(8, '0') + call;
    });
    const data = `0x${number(BigInt(registry.address))}${calls.join('')}`;
    const answers = digits(
      await chain.rpc('eth_call', { to: callerAddress, data }, 'latest', { [callerAddress]: { code: callerCode } }),
    );
    assert.equal(answers.length, 2 * part.length);
    part.forEach(([expected, name], i) => {
      const answer = answers.slice(2 * i, 2 * i + 2);
      if (answer !== (expected ? '01' : '00')) wrong.push(`${name}: ${answer}, not ${expected}`);
    });
  }
  assert.deepEqual(wrong, []);
}

const hashLeaf = leaf => keccak256(keccak256(AbiCoder.defaultAbiCoder().encode(leafTypes, leaf)));
const hashPair = (a, b) => keccak256(BigInt(a) < BigInt(b) ? concat([a, b]) : concat([b, a]));
const rootOf = (leaf, proof) => proof.reduce(hashPair, hashLeaf(leaf));
const sha256 = text => `0x${createHash('sha256').update(text).digest('hex')}`;

function flipBit(value, bit) {
  return `0x${(BigInt(value) ^ (1n << BigInt(bit % 256))).toString(16).padStart(64, '0')}`;
}

test("every proof of OpenZeppelin's vectors is judged as they say", async () => {
  const vectors = JSON.parse(
    await readFile(new URL('../../tests/data/vectors/merkle-openzeppelin.json', import.meta.url), 'utf8'),
  );
  const registry = await Registry.deploy(chain, owner, registrar);
  const { duplicates } = vectors;
  await register(registry, [...vectors.cases.map(({ root, n }) => [root, n]), [duplicates.root, duplicates.values.length]]);
  const cases = [
    [true, 'first duplicate', duplicates.root, duplicates.values[0], duplicates.proof0],
    [true, 'second duplicate', duplicates.root, duplicates.values[1], duplicates.proof1],
  ];
  for (const { n, root, types, proofs, negative } of vectors.cases) {
    assert.deepEqual(types, leafTypes);
    const values = Array.from({ length: n }, (_, i) => [0, 1].map(j => sha256(`public/n${n}/${i}/${j}`)));
    assert.equal(StandardMerkleTree.of(values, leafTypes).root, root, `n = ${n}`);
    for (const { index, value, proof, verified } of proofs) {
      assert.deepEqual(value, values[index]);
      cases.push([verified, `n = ${n}, leaf ${index}`, root, value, proof]);
    }
    if (negative) cases.push([negative.verified, `n = ${n}, tampered`, root, negative.value, negative.proof]);
  }
  assert.equal(cases.filter(([expected]) => expected).length, 33);
  assert.equal(cases.filter(([expected]) => !expected).length, 6);
  await verifyAll(registry, cases);
});

test('in trees of 1 to 64 leaves every proof holds, and no changed one does', async t => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const trees = [];
  for (let n = 1; n <= 64; n++) {
    const leaves = Array.from({ length: n }, (_, i) => [word(`content ${n} ${i}`), word(`certificate ${n} ${i}`)]);
    trees.push(StandardMerkleTree.of(leaves, leafTypes));
  }
  await register(
    registry,
    trees.map(tree => [tree.root, tree.length]),
  );
  const cases = [];
  for (const tree of trees) {
    const n = tree.length;
    const otherRoot = trees[n % 64].root;
    for (const [i, leaf] of tree.entries()) {
      const proof = tree.getProof(i);
      const [sha, digest] = leaf;
      const add = (what, expected, ...changed) => cases.push([expected, `n = ${n}, leaf ${i}, ${what}`, ...changed]);
      add('as it is', true, tree.root, leaf, proof);
      add('other leaf', false, tree.root, n > 1 ? tree.at((i + 1) % n) : [digest, digest], proof);
      add('content changed', false, tree.root, [flipBit(sha, i), digest], proof);
      add('certificate changed', false, tree.root, [sha, flipBit(digest, i)], proof);
      add('words swapped', false, tree.root, [digest, sha], proof);
      add('other root', false, otherRoot, leaf, proof);
      add('unknown root', false, flipBit(tree.root, i), leaf, proof);
      proof.forEach((node, k) => {
        const replaced = value => proof.map((old, at) => (at === k ? value : old));
        add(`bit of node ${k} flipped`, false, tree.root, leaf, replaced(flipBit(node, 37 * i + k)));
        add(
          `node ${k} dropped`,
          false,
          tree.root,
          leaf,
          proof.filter((_, at) => at !== k),
        );
        add(`node ${k} twice`, false, tree.root, leaf, [...proof.slice(0, k), node, ...proof.slice(k)]);
        const other = (k + 1) % proof.length;
        if (other > k)
          add(
            `nodes ${k} and ${other} swapped`,
            false,
            tree.root,
            leaf,
            proof.map((old, at) => proof[at === k ? other : at === other ? k : at]),
          );
      });
      add('node added before', false, tree.root, leaf, [word('added'), ...proof]);
      add('node added after', false, tree.root, leaf, [...proof, word('added')]);
    }
  }
  assert.equal(cases.filter(([expected]) => expected).length, (64 * 65) / 2);
  await verifyAll(registry, cases);
  t.diagnostic(`${cases.length} proofs verified on the chain`);
});

test("an inner node doesn't pass for a leaf", async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const cases = [];
  for (const n of [2, 3, 4, 5, 8, 13]) {
    const tree = StandardMerkleTree.of(
      Array.from({ length: n }, (_, i) => [word(`content ${i}`), word(`certificate ${i}`)]),
      leafTypes,
    );
    await register(registry, [[tree.root, n]]);
    for (const [i, leaf] of tree.entries()) {
      const proof = tree.getProof(i);
      const own = hashLeaf(leaf);
      for (const pair of [
        [own, proof[0]],
        [proof[0], own],
      ])
        cases.push([false, `n = ${n}, leaf ${i}`, tree.root, pair, proof.slice(1)]);
      // The same proof would hold if the pair could be a leaf: what refuses it is the hash.
      assert.equal(proof.slice(1).reduce(hashPair, hashPair(own, proof[0])), tree.root);
    }
  }
  await verifyAll(registry, cases);
});

test('a proof is as long as a tree of so many leaves is deep, even if it leads to the root', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const depths = Array.from({ length: 9 }, (_, depth) => depth);
  const trials = [];
  for (let count = 1; count <= 66; count++) for (const depth of depths) trials.push([count, depth]);
  for (const exponent of [7, 10, 16, 20, 30, 31]) {
    for (const count of [2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1]) {
      if (count >= 2 ** 31) continue;
      for (let depth = exponent - 3; depth <= exponent + 3; depth++) trials.push([count, depth]);
    }
  }
  for (const depth of [63, 64, 127, 128, 254, 255, 256, 257, 300, 1000])
    for (const count of [1, 2, 2 ** 31 - 1]) trials.push([count, depth]);
  const cases = trials.map(([count, depth]) => {
    const leaf = [word(`content ${count} ${depth}`), word('certificate')];
    const proof = Array.from({ length: depth }, (_, k) => word(`sibling ${k}`));
    const expected = depth === Math.floor(Math.log2(count)) || depth === Math.ceil(Math.log2(count));
    return [expected, `${count} leaves, ${depth} deep`, rootOf(leaf, proof), leaf, proof, count];
  });
  await register(
    registry,
    cases.map(([, , root, , , count]) => [root, count]),
  );
  await verifyAll(registry, cases);
});
