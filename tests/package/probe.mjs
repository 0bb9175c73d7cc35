// Asks a hub without pause whether it is there, each time on a new connection, until it is ended (SIGTERM).
// Then it prints how often nobody answered, and the longest time without an answer, in milliseconds.
//
//   node probe.mjs ADDRESS
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE = 20;
let refused = 0;
let longest = 0;
let last = Date.now();

const ask = () =>
  new Promise((resolve) => {
    // However long it takes: that is what is measured.
    get(`${process.argv[2]}/healthz`, { agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode === 200));
    }).on('error', () => resolve(false));
  });

process.on('SIGTERM', () => {
  longest = Math.max(longest, Date.now() - last);
  console.log(`${refused} ${longest}`);
  process.exit();
});

for (;;) {
  const answered = await ask();
  longest = Math.max(longest, Date.now() - last);
  if (answered) last = Date.now();
  else refused += 1;
  await pause(PAUSE);
}
