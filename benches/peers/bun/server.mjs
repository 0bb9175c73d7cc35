// Bun with its own engine for socket.io: the same events as Node's server.
import { Server as Engine } from '@socket.io/bun-engine';
import { Server } from 'socket.io';
import { serve } from '../chat.mjs';

const io = new Server();
const engine = new Engine({ path: '/socket.io/' });
io.bind(engine);
serve(io);
const http = Bun.serve({ port: 0, hostname: '127.0.0.1', ...engine.handler() });
console.log(`listening on http://127.0.0.1:${http.port}`);
