// A chain of one's own for tests: anvil in a process, and its JSON-RPC.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getAddress } from 'ethers';

/** Nothing newer than what the contract is compiled for; gas figures hold for these rules. */
export const hardfork = 'cancun';

/** Time of the first block. Each further block is ten seconds later unless a test says otherwise. */
const genesisTime = 1_800_000_000;
const secondsPerBlock = 10;

/** Enough for whatever the tests send. Saying it keeps anvil from trying a transaction before it is sent. */
const gasLimit = 10_000_000;

const toHex = number => `0x${number.toString(16)}`;

/** The platform's own package has the binary; the package above it would fetch it in an installation script. */
function findAnvil() {
  const packages = fileURLToPath(new URL('../node_modules/@foundry-rs/', import.meta.url));
  const names = existsSync(packages) ? readdirSync(packages) : [];
  const path = names
    .filter(name => name.startsWith('anvil-'))
    .flatMap(name => [`${packages}${name}/bin/anvil`, `${packages}${name}/bin/anvil.exe`])
    .find(existsSync);
  if (!path) throw new Error('anvil is not installed. Run: npm ci --ignore-scripts (in contracts/)');
  return path;
}

export class Chain {
  #ended;
  #url;
  #requests = 0;
  #time = genesisTime;

  /** Ten accounts with ether, whose keys anvil holds. */
  accounts;

  /** Starts anvil on a port that the system chooses. It ends with this process, and keeps it from nothing. */
  static async start() {
    const chain = new Chain();
    const options = [
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--chain-id',
      '137',
      '--hardfork',
      hardfork,
      '--timestamp',
      String(genesisTime),
    ];
    options.push('--no-mining', '--gas-limit', '10000000000', '--no-request-size-limit');
    const anvil = spawn(findAnvil(), options, { stdio: ['ignore', 'pipe', 'pipe'] });
    process.on('exit', () => anvil.kill('SIGKILL'));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
    let said = '';
    chain.#ended = new Promise((_, reject) => {
      anvil.on('error', reject);
      anvil.on('exit', (code, signal) =>
        reject(new Error(`anvil ended (${signal ?? `exit code ${code}`}): ${said.trim().slice(-2000)}`)),
      );
    });
    chain.#ended.catch(() => {});
    const listening = new Promise(resolve => {
      anvil.stderr.on('data', text => (said += text));
      anvil.stdout.on('data', text => {
        said = (said + text).slice(-10_000);
        const address = /Listening on (\S+:\d+)/.exec(said)?.[1];
        if (address) resolve(address);
      });
    });
    chain.#url = `http://${await Promise.race([listening, chain.#ended])}`;
    for (const handle of [anvil, anvil.stdout, anvil.stderr]) handle.unref();
    if (Number(await chain.rpc('eth_chainId')) !== 137) throw new Error('anvil has another chain id');
    chain.accounts = (await chain.rpc('eth_accounts')).map(getAddress);
    return chain;
  }

  /** Sends requests as one JSON-RPC batch; the answers ({result} or {error}) in their order. */
  async batch(requests) {
    const first = this.#requests;
    this.#requests += requests.length;
    const body = requests.map(([method, ...params], i) => ({ jsonrpc: '2.0', id: first + i, method, params }));
    const answers = await Promise.race([this.#ended, this.#post(body)]);
    const ordered = new Array(requests.length);
    for (const answer of answers) ordered[answer.id - first] = answer;
    if (ordered.includes(undefined)) throw new Error('anvil left a request unanswered');
    return ordered;
  }

  async #post(body) {
    try {
      const headers = { 'content-type': 'application/json' };
      return await (await fetch(this.#url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    } catch (error) {
      // If anvil ended, that is the better reason; it comes a moment later.
      await new Promise(resolve => setTimeout(resolve, 500));
      throw error;
    }
  }

  async rpc(method, ...params) {
    const [answer] = await this.batch([[method, ...params]]);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** Mines a block with the transactions, those of an account in their order. Returns the receipts. */
  async mine(transactions, time = this.nextTime) {
    const senders = [...new Set(transactions.map(({ from }) => from))];
    const answers = await this.batch(senders.map(from => ['eth_getTransactionCount', from, 'latest']));
    const nonces = new Map(senders.map((from, i) => [from, Number(answers[i].result)]));
    const numbered = transactions.map(transaction => {
      const nonce = nonces.get(transaction.from);
      nonces.set(transaction.from, nonce + 1);
      return ['eth_sendTransaction', { gas: toHex(gasLimit), nonce: toHex(nonce), ...transaction }];
    });
    await this.rpc('evm_setNextBlockTimestamp', time);
    const hashes = await this.batch(numbered);
    await this.rpc('evm_mine');
    this.#time = time;
    const refused = hashes.find(({ error }) => error);
    if (refused) throw new Error(`eth_sendTransaction: ${refused.error.message}`);
    const receipts = await this.batch(hashes.map(({ result }) => ['eth_getTransactionReceipt', result]));
    for (const { result } of receipts) if (!result) throw new Error('A transaction did not get into its block');
    return receipts.map(({ result }) => result);
  }

  /** Time of the last block, and of the next one. */
  get time() {
    return this.#time;
  }

  get nextTime() {
    return this.#time + secondsPerBlock;
  }
}
