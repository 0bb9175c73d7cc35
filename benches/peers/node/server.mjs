// Node's socket.io with a handler that broadcasts: the contract's events and shapes, nothing kept, no
// list of who is there.
import { createServer } from 'node:http';
import { serve } from '../chat.mjs';
import { Server } from 'socket.io';

const http = createServer();
serve(new Server(http, { transports: ['websocket'], serveClient: false }));
http.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
