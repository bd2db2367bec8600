// Measures what the contract's transactions cost on anvil, and writes gas.json and gas.md: node build.mjs --gas
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readArtifact, writeWhole } from './artifact.mjs';
import { Chain, hardfork } from './test/chain.mjs';
import { Registry, word } from './test/registry.mjs';

const figuresPath = fileURLToPath(new URL('gas.json', import.meta.url));
export const tablePath = fileURLToPath(new URL('gas.md', import.meta.url));

/** Leaves of a batch in the table. */
const batchSizes = [1, 10, 100, 1_000, 10_000];

const figureNames = {
  deployment: 'deployment, with a first registrar',
  addRegistrar: '`addRegistrar`, of a new one',
  addRegistrarAgain: '`addRegistrar`, of one that was removed',
  removeRegistrar: '`removeRegistrar`',
  registerBatchNewKey: '`registerBatch`, first with a signer key',
  registerBatchKnownKey: '`registerBatch`, with a known signer key',
  registerContentNewKey: '`registerContent`, first with a signer key, first of a perceptual hash',
  registerContentFirst: '`registerContent`, first of a perceptual hash',
  registerContentSecond: '`registerContent`, second of a perceptual hash',
  registerContentFurther: '`registerContent`, each further one of a perceptual hash',
  registerContentLongHash: '`registerContent`, first of a perceptual hash of more than eight bytes',
};

/** Measures everything anew. The arguments are fixed, so that the figures are too: {figures, batches: {leaves: gas}}. */
export async function measure() {
  const chain = await Chain.start();
  const [owner, first, registrar] = chain.accounts;
  const registry = await Registry.deploy(chain, owner, first);
  const gas = async (from, name, ...values) => Number((await registry.accepts(from, name, values)).gasUsed);
  const time = 1_800_000_000;
  const [picture, another, long] = [`0xc4c62e705bb94b17${'00'.repeat(24)}`, `0x2be4a96d3f1c8075${'00'.repeat(24)}`, word('long')];
  const figures = {
    deployment: Number(registry.deployment.gasUsed),
    addRegistrar: await gas(owner, 'addRegistrar', registrar),
    removeRegistrar: await gas(owner, 'removeRegistrar', registrar),
    addRegistrarAgain: await gas(owner, 'addRegistrar', registrar),
  };
  figures.registerBatchNewKey = await gas(registrar, 'registerBatch', word('batch 1'), 1_000, word('key 1'), time);
  figures.registerBatchKnownKey = await gas(registrar, 'registerBatch', word('batch 2'), 1_000, word('key 1'), time);
  figures.registerContentNewKey = await gas(registrar, 'registerContent', word('content 1'), another, word('key 2'), time);
  figures.registerContentFirst = await gas(registrar, 'registerContent', word('content 2'), picture, word('key 1'), time);
  figures.registerContentSecond = await gas(registrar, 'registerContent', word('content 3'), picture, word('key 1'), time);
  figures.registerContentFurther = await gas(registrar, 'registerContent', word('content 4'), picture, word('key 1'), time);
  figures.registerContentLongHash = await gas(registrar, 'registerContent', word('content 5'), long, word('key 1'), time);
  const batches = {};
  for (const leaves of batchSizes)
    batches[leaves] = await gas(registrar, 'registerBatch', word(`${leaves} leaves`), leaves, word('key 1'), time);
  const inOrder = Object.fromEntries(Object.keys(figureNames).map(name => [name, figures[name]]));
  return { figures: inOrder, batches };
}

export async function readFigures() {
  return JSON.parse(await readFile(figuresPath, 'utf8'));
}

const grouped = number => number.toLocaleString('en-US');

function table(...rows) {
  const line = cells => `| ${cells.join(' | ')} |`;
  return [line(rows[0]), line(rows[0].map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.slice(1).map(line)].join('\n');
}

/** The page for people. */
export async function renderTable({ figures, batches }) {
  const { compiler, deployedBytecode } = await readArtifact();
  const { optimizer, viaIR, evmVersion } = compiler.settings;
  const perRecord = gas => (gas >= 100 ? grouped(Math.round(gas)) : gas.toFixed(1));
  const sizes = Object.entries(batches).map(([leaves, gas]) => [
    grouped(Number(leaves)),
    grouped(gas),
    perRecord(gas / leaves),
    grouped(Math.round((gas / leaves) * 1000)),
  ]);
  return `# Gas

Written by \`node build.mjs --gas\`; don't edit. Measured on anvil under the rules of ${hardfork}, whole transactions with
their 21,000 and their data. A test measures again and fails when a figure has grown.

solc ${compiler.version.split('+')[0]}, optimizer for ${optimizer.runs} runs, ${viaIR ? 'viaIR' : 'legacy pipeline'}, EVM version ${evmVersion};
${grouped((deployedBytecode.length - 2) / 2)} bytes of runtime code.

${table(['transaction', 'gas'], ...Object.entries(figures).map(([name, gas]) => [figureNames[name], grouped(gas)]))}

A batch costs the same however many records it has, but for its count's bytes. Of a record, with a known signer key:

${table(['records in a batch', 'gas of the batch', 'gas per record', 'gas per 1,000 records'], ...sizes)}

One by one, ${grouped(1000)} records cost ${grouped(1000 * figures.registerContentFirst)} gas (\`registerContent\`, each with a perceptual hash of its own).
What gas costs is the chain's affair: at a price of 30 gwei, a million gas cost 0.03 POL.
`;
}

export async function record() {
  const measured = await measure();
  await writeWhole(figuresPath, `${JSON.stringify(measured, null, 2)}\n`);
  await writeWhole(tablePath, await renderTable(measured));
  console.log(
    Object.entries(measured.figures)
      .map(([name, gas]) => `${name}: ${gas}`)
      .join('\n'),
  );
}
