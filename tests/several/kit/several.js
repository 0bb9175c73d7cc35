// Several hubs on a PostgreSQL of their own.

import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Hub } from '../../peers/js/kit/hub.js';

const SCRIPT = fileURLToPath(new URL('../postgres.sh', import.meta.url));
const run = promisify(execFile);

export class Postgres {
  /** Starts one. `settings` are `key=value`. */
  static async start(...settings) {
    const postgres = new Postgres();
    const options = { stdio: ['pipe', 'pipe', 'inherit'] };
    postgres.holder = spawn(SCRIPT, ['hold', 'max_connections=300', ...settings], options);
    for await (const line of createInterface(postgres.holder.stdout)) {
      postgres.folder = line;
      break;
    }
    if (!postgres.folder) throw new Error('PostgreSQL did not start; is it installed?');
    await postgres.sql('CREATE DATABASE chat', 'postgres');
    postgres.url = `host=${postgres.folder} user=postgres dbname=chat`;
    return postgres;
  }

  /** Crashes: what was not flushed is gone. */
  crash() {
    return run(SCRIPT, ['crash', this.folder]);
  }

  up() {
    return run(SCRIPT, ['up', this.folder]);
  }

  /** A standby of it, beside it and gone with it. */
  async standby() {
    const standby = new Postgres();
    standby.folder = `${this.folder}/standby`;
    await run(SCRIPT, ['standby', this.folder, standby.folder]);
    return standby;
  }

  async promote() {
    await run(SCRIPT, ['promote', this.folder]);
  }

  async halt() {
    await run(SCRIPT, ['stop', this.folder]);
  }

  /** Runs SQL and returns the rows, a string each, with `|` between the columns. */
  async sql(text, database = 'chat') {
    const psql = run(SCRIPT, ['sql', this.folder, database]);
    psql.child.stdin.end(text);
    const { stdout } = await psql;
    return stdout.split('\n').filter(Boolean);
  }

  stop() {
    this.holder.stdin.end();
  }
}

/** Starts so many hubs on a database. */
export function hubs(postgres, count, settings = {}) {
  const start = (_, at) =>
    Hub.start({
      COLAHUB_DATABASE_URL: postgres.url,
      COLAHUB_NAME: `cola-${at + 1}`,
      COLAHUB_LIMITS_PROFILE: 'off',
      ...settings,
    });
  return Promise.all(Array.from({ length: count }, start));
}
