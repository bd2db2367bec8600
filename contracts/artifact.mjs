// From ProvenanceRegistry.sol to artifacts/ProvenanceRegistry.json.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

export const contractName = 'ProvenanceRegistry';
export const sourceName = `${contractName}.sol`;

const pathOf = name => fileURLToPath(new URL(name, import.meta.url));
const artifactPath = pathOf(`artifacts/${contractName}.json`);

/** Everything that decides the bytes. Without a metadata hash the runtime code follows from source, compiler and this alone. */
const settings = {
  optimizer: { enabled: true, runs: 200 },
  viaIR: true,
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none', appendCBOR: false },
};

/** Compiles the source; every message of the compiler, a warning too, is an error. */
export async function compile() {
  const source = await readFile(pathOf(sourceName));
  const outputs = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'];
  const input = {
    language: 'Solidity',
    sources: { [sourceName]: { content: source.toString('utf8') } },
    settings: { ...settings, outputSelection: { [sourceName]: { [contractName]: outputs } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  if (output.errors?.length) throw new Error(output.errors.map(error => error.formattedMessage).join('\n'));
  const { abi, evm } = output.contracts[sourceName][contractName];
  if (Object.keys(evm.deployedBytecode.immutableReferences ?? {}).length > 0) {
    throw new Error('The contract has immutables: its runtime code would be another for each deployment.');
  }
  return {
    contractName,
    compiler: { version: solc.version(), settings },
    sourceSha256: createHash('sha256').update(source).digest('hex'),
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
  };
}

/** The checked-in artifact. */
export async function readArtifact() {
  return JSON.parse(await readFile(artifactPath, 'utf8'));
}

export async function writeArtifact(artifact) {
  await mkdir(pathOf('artifacts/'), { recursive: true });
  await writeWhole(artifactPath, `${JSON.stringify(artifact, null, 2)}\n`);
}

/** Writes a whole file or none. */
export async function writeWhole(path, text) {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
