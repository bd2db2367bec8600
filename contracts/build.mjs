// Compiles ProvenanceRegistry.sol: node build.mjs [--check | --gas]
//   (nothing)   writes artifacts/ProvenanceRegistry.json
//   --check     writes nothing, and fails when that file isn't what the source compiles to
//   --gas       measures on anvil and writes gas.json and gas.md
import { compile, contractName, readArtifact, sourceName, writeArtifact } from './artifact.mjs';

async function build() {
  const artifact = await compile();
  await writeArtifact(artifact);
  console.log(`artifacts/${contractName}.json: ${artifact.deployedBytecode.length / 2 - 1} bytes of runtime code`);
}

async function check() {
  const [compiled, checkedIn] = [await compile(), await readArtifact()];
  const fields = Object.keys({ ...compiled, ...checkedIn });
  const stale = fields.filter(field => JSON.stringify(compiled[field]) !== JSON.stringify(checkedIn[field]));
  if (stale.length > 0) {
    throw new Error(
      `artifacts/${contractName}.json isn't what ${sourceName} compiles to (${stale.join(', ')}). Run: node build.mjs`,
    );
  }
  console.log(`artifacts/${contractName}.json is what ${sourceName} compiles to`);
}

async function gas() {
  const { record } = await import('./gas.mjs');
  await record();
}

const commands = { build, '--check': check, '--gas': gas };
try {
  const command = commands[process.argv[2] ?? 'build'];
  if (!command || process.argv.length > 3) throw new Error('Usage: node build.mjs [--check | --gas]');
  await command();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
