// ProvenanceRegistry on a test's chain: what it returns, announces and refuses, in plain values.
import assert from 'node:assert/strict';
import { AbiCoder, Interface, Result, getAddress, keccak256, toUtf8Bytes } from 'ethers';
import { readArtifact } from '../artifact.mjs';

/** A 32-byte value that follows from its name. */
export const word = name => keccak256(toUtf8Bytes(name));

export const zeroWord = `0x${'00'.repeat(32)}`;
export const zeroAddress = `0x${'00'.repeat(20)}`;

/** Arrays instead of ethers' results, so that they can be compared. */
const plain = value => (value instanceof Result ? value.toArray().map(plain) : value);

/** The contract at an address. */
export class Registry {
  constructor(chain, abi, address) {
    this.chain = chain;
    this.address = address;
    this.interface = new Interface(abi);
  }

  /** Deploys the checked-in artifact. The owner also pays for it. */
  static async deploy(chain, owner, registrar = zeroAddress, deployer = owner) {
    const { abi, bytecode } = await readArtifact();
    const parameters = AbiCoder.defaultAbiCoder().encode(['address', 'address'], [owner, registrar]);
    const [receipt] = await chain.mine([{ from: deployer, data: bytecode + parameters.slice(2) }]);
    const registry = new Registry(chain, abi, receipt.contractAddress && getAddress(receipt.contractAddress));
    registry.deployment = receipt;
    return registry;
  }

  encode(name, ...values) {
    return this.interface.encodeFunctionData(name, values);
  }

  /** One JSON-RPC request that calls a view. */
  request(name, ...values) {
    return ['eth_call', { to: this.address, data: this.encode(name, ...values) }, 'latest'];
  }

  /** Calls views, thousands at a time. Returns what each returns. */
  async views(calls) {
    const results = [];
    for (let start = 0; start < calls.length; start += 1000) {
      const part = calls.slice(start, start + 1000);
      const answers = await this.chain.batch(part.map(call => this.request(...call)));
      answers.forEach(({ result, error }, i) => {
        if (error) throw new Error(`${part[i][0]}: ${error.message}`);
        const values = this.interface.decodeFunctionResult(part[i][0], result);
        results.push(plain(values.length === 1 ? values[0] : values));
      });
    }
    return results;
  }

  async view(...call) {
    return (await this.views([call]))[0];
  }

  /** Sends a transaction in a block of its own, at `time` if it says one. Returns its receipt; it may have been refused. */
  async send(from, name, values, { time, ...rest } = {}) {
    const [receipt] = await this.chain.mine([{ from, to: this.address, data: this.encode(name, ...values), ...rest }], time);
    return receipt;
  }

  /** Sends a transaction that has to succeed, with exactly these events as [name, ...values] if they are given. */
  async accepts(from, name, values, { events, ...options } = {}) {
    const receipt = await this.send(from, name, values, options);
    assert.equal(receipt.status, '0x1', `${name} was refused: ${await this.#refusal(receipt)}`);
    if (events) assert.deepEqual(this.events(receipt), events);
    return receipt;
  }

  /** Sends a transaction that has to be refused for the reason, a custom error as [name, ...values], [] for none. */
  async refuses(reason, from, name, values, options) {
    const receipt = await this.send(from, name, values, options);
    assert.equal(receipt.status, '0x0', `${name} was accepted`);
    assert.deepEqual(await this.#refusal(receipt), reason);
  }

  /** The events of a receipt as [name, ...values]. */
  events(receipt) {
    return receipt.logs.map(log => {
      const { name, args } = this.interface.parseLog(log);
      return [name, ...plain(args)];
    });
  }

  /** What a transaction returned, its reason if it was refused. */
  async returned(receipt) {
    const { returnValue } = await this.chain.rpc('debug_traceTransaction', receipt.transactionHash, { disableStorage: true });
    return returnValue.startsWith('0x') ? returnValue : `0x${returnValue}`;
  }

  /** The contract's storage slots that a transaction changed. */
  async changedSlots(receipt) {
    const options = { tracer: 'prestateTracer', tracerConfig: { diffMode: true } };
    const { pre, post } = await this.chain.rpc('debug_traceTransaction', receipt.transactionHash, options);
    const storages = [pre, post].map(state => state[this.address.toLowerCase()]?.storage ?? {});
    return [...new Set(storages.flatMap(Object.keys))];
  }

  /** What is in storage slots. */
  async slots(slots) {
    const answers = await this.chain.batch(slots.map(slot => ['eth_getStorageAt', this.address, slot, 'latest']));
    return answers.map(answer => answer.result);
  }

  async #refusal(receipt) {
    const returned = await this.returned(receipt);
    if (returned === '0x') return [];
    const { name, args } = this.interface.parseError(returned);
    return [name, ...plain(args)];
  }
}
