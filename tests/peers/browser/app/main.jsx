// What Cola Chat's front end does with the hub, without its looks.

import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  HOOK,
  PASSWORD,
  ROOM_ID,
  changeNickname,
  checkAccess,
  checkReentry,
  listRooms,
  readMessages,
} from './calls.js';
import { useSocket, useSocketMadeInEffect } from './useSocket.js';

const useTheSocket = HOOK === 'effect' ? useSocketMadeInEffect : useSocket;

/** The door: which room is it, and may one come in? */
function Door() {
  const [room, setRoom] = useState(null);
  const [trouble, setTrouble] = useState('');
  const [isInside, setIsInside] = useState(true);

  useEffect(() => {
    (async () => {
      const found = (await listRooms()).find(({ id }) => id === ROOM_ID);
      const wasHere = await checkReentry(ROOM_ID, sessionStorage.getItem(ROOM_ID) ?? undefined);
      if (wasHere || (await checkAccess(ROOM_ID, PASSWORD))) setRoom(found);
      else setTrouble('wrong password');
    })().catch((error) => setTrouble(error.message));
  }, []);

  if (trouble) return <p id="trouble">{trouble}</p>;
  if (!room) return <p>…</p>;
  return (
    <>
      <button id="door" onClick={() => setIsInside(!isInside)}>
        {isInside ? 'leave' : 'enter'}
      </button>
      {isInside && <Room room={room} />}
    </>
  );
}

function Room({ room }) {
  const { socket, isConnected } = useTheSocket(room.namespace);
  const [me, setMe] = useState(null);
  const [messages, setMessages] = useState([]);
  const [chatters, setChatters] = useState([]);
  const [trouble, setTrouble] = useState('');

  // For the story that counts on being mounted twice.
  useEffect(() => void performance.mark('room mounted'), []);

  useEffect(() => {
    if (!socket) return;
    const add = (message) => setMessages((before) => [...before, message]);
    socket.on('sendMessage', add);
    socket.on('sendAlert', add);
    socket.on('returnChatters', setChatters);
    return () => {
      socket.off('sendMessage', add);
      socket.off('sendAlert', add);
      socket.off('returnChatters', setChatters);
    };
  }, [socket]);

  useEffect(() => {
    if (!isConnected) return;
    socket.emit('joinRoom', { roomId: room.id, chatterId: sessionStorage.getItem(room.id) }, async (answer) => {
      if (!answer.success) return setTrouble(answer.message);
      sessionStorage.setItem(room.id, answer.data.id);
      setMe(answer.data);
      setMessages(await readMessages(room.id, 1, answer.data.id));
    });
  }, [socket, isConnected, room]);

  const say = (event) => {
    event.preventDefault();
    socket.emit('sendMessage', { roomId: room.id, content: event.target.content.value }, (answer) => {
      if (!answer.success) setTrouble(answer.message);
    });
    event.target.reset();
  };

  const rename = async (event) => {
    event.preventDefault();
    const before = me.nickname;
    const renamed = await changeNickname(me.id, event.target.nickname.value);
    setMe(renamed);
    socket.emit('sendAlert', { roomId: room.id, content: `${before}님이 ${renamed.nickname}(으)로 바꿨습니다.` });
    socket.emit('returnChatters', { roomId: room.id });
  };

  return (
    <main data-connected={isConnected} data-me={me?.id}>
      <p id="trouble">{trouble}</p>
      <ul id="chatters">
        {chatters.map(({ id, nickname }) => (
          <li key={id} data-id={id}>
            {nickname}
          </li>
        ))}
      </ul>
      <ol id="messages">
        {messages.map(({ id, type, content, chatter }) => (
          <li key={id} data-type={type} className={chatter.id === me?.id ? 'mine' : 'theirs'}>
            {content}
          </li>
        ))}
      </ol>
      <form id="say" onSubmit={say}>
        <input name="content" />
      </form>
      <form id="rename" onSubmit={rename}>
        <input name="nickname" />
      </form>
    </main>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Door />
  </StrictMode>,
);
