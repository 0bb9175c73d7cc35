// Whatever a story that failed has left behind, such as a hub or a person who talks on, would keep its process, and with it
// the whole suite, for ever.

import { after } from 'node:test';

/** How long all that is left may take to end, in ms. */
const LEFT = 60_000;

/** Processes that end with this one. */
const children = new Set();

/** Has a process that was started end with this one. Returns it. */
export function endsWithThis(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

after(() => {
  const left = () => {
    console.error(`after the last story something was left: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  };
  setTimeout(left, LEFT).unref();
});
