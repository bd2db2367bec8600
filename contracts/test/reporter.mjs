// For node --test: says what failed and what tests have to tell, and ends with the line "N passed, N failed".
import { inspect } from 'node:util';

/** An assertion says enough by its message and its place; anything else is shown whole. */
function describe(error) {
  const cause = error?.cause ?? error;
  if (cause?.code !== 'ERR_ASSERTION') return inspect(cause);
  const place = cause.stack?.split('\n').find(line => line.includes('.test.mjs')) ?? '';
  return `${cause.message}\n${place}`;
}

export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.skip === undefined && data.todo === undefined) passed++;
    if (type === 'test:fail') {
      failed++;
      yield `  Failed ${data.name}\n${describe(data.details.error).replace(/^/gm, '    ')}\n`;
    }
    if (type === 'test:stderr') yield data.message;
    // The runner's own counts have no file.
    if (type === 'test:diagnostic' && data.file) yield `  ${data.message}\n`;
  }
  yield `${passed} passed, ${failed} failed\n`;
}
