// npm's own socket.io-client, also for the suites beside this one.
export { io } from 'socket.io-client';
