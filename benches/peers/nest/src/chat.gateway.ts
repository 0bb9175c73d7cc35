import {
  ConnectedSocket,
  MessageBody,
  OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';

type Chatter = {
  id: string;
  nickname: string;
  createdAt: string;
  deletedAt: string | null;
  isActive: boolean;
};
type Room = Map<string, Chatter>;

// Everyone is told of everyone on each join: 1,000 people joining one room would be sent 50 GB. So it can
// be left out, and is wherever a figure says so.
const ROSTER = process.env.BENCH_ROSTER === 'on';

const success = (data: unknown) => ({ success: true, message: '', data });

@WebSocketGateway({ namespace: /\/.+/, transports: ['websocket'], cors: { origin: '*' } })
export class ChatGateway implements OnGatewayDisconnect {
  private readonly rooms = new Map<string, Room>();
  private id = 0;

  @SubscribeMessage('joinRoom')
  joinRoom(@ConnectedSocket() socket: Socket, @MessageBody() { roomId }: { roomId: string }) {
    const chatter: Chatter = {
      id: randomUUID(),
      nickname: '졸린 여우',
      createdAt: new Date().toISOString(),
      deletedAt: null,
      isActive: true,
    };
    socket.data = { chatter, roomId };
    socket.join(roomId);
    const room = this.rooms.get(roomId) ?? new Map<string, Chatter>();
    this.rooms.set(roomId, room.set(chatter.id, chatter));
    if (ROSTER) {
      this.send(socket, 'sendAlert', 'ALERT', `«${chatter.nickname}»님이 입장했습니다.`);
      socket.nsp.to(roomId).emit('returnChatters', [...room.values()]);
    }
    return success(chatter);
  }

  @SubscribeMessage('sendMessage')
  sendMessage(@ConnectedSocket() socket: Socket, @MessageBody() { content }: { content: string }) {
    return success(this.send(socket, 'sendMessage', 'MESSAGE', content));
  }

  handleDisconnect(socket: Socket) {
    this.rooms.get(socket.data.roomId)?.delete(socket.data.chatter?.id);
  }

  private send(socket: Socket, event: string, type: string, content: string) {
    const { chatter, roomId } = socket.data;
    const sentAt = new Date().toISOString();
    const message = { id: ++this.id, type, content, sentAt, roomId, chatterId: chatter.id, chatter };
    socket.nsp.to(roomId).emit(event, message);
    return message;
  }
}
