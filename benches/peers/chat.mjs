// The contract's joinRoom and sendMessage on any socket.io server, in memory.
import { randomUUID } from 'node:crypto';

export function serve(io) {
  let id = 0;
  io.of('/anonymous').on('connection', (socket) => {
    socket.on('joinRoom', ({ roomId }, ack) => {
      const chatter = {
        id: randomUUID(),
        nickname: '졸린 여우',
        createdAt: new Date().toISOString(),
        deletedAt: null,
        isActive: true,
      };
      socket.data.chatter = chatter;
      socket.join(roomId);
      ack({ success: true, message: '', data: chatter });
    });
    socket.on('sendMessage', ({ roomId, content }, ack) => {
      const { chatter } = socket.data;
      const message = {
        id: ++id,
        type: 'MESSAGE',
        content,
        sentAt: new Date().toISOString(),
        roomId,
        chatterId: chatter.id,
        chatter,
      };
      socket.nsp.to(roomId).emit('sendMessage', message);
      ack({ success: true, message: '', data: message });
    });
  });
}
