// The board: what the host has chosen on the left, how to get in on the right, always.

import type { JSX } from "preact";
import { Fizz } from "../../components/icons";
import type { Wall } from "../wire";
import type { WallWords } from "../words";
import { Icon } from "./icons";
import { JoinPanel } from "./join-panel";
import { PollBars } from "./poll-bars";
import { QuestionList } from "./question-list";
import { Talk } from "./talk";

/** Most announcements at a time: the newest. */
const NOTICES = 2;

export function Board({ wall, isLost, say }: { wall: Wall; isLost: boolean; say: WallWords }): JSX.Element {
  const notices = wall.announcements.slice(-NOTICES);
  return (
    <main class={`board view-${wall.view}`}>
      <header>
        <h1>
          <Fizz />
          <bdi>{wall.room.title}</bdi>
        </h1>
        {/* Not a live region: nothing on a wall is worth being read out again and again. */}
        <p class={`lost ${isLost ? "on" : ""}`}>{isLost ? say.lost : ""}</p>
        <p class="present">
          <Icon name="people" />
          {say.people(wall.room.present)}
        </p>
      </header>
      {notices.length > 0 && (
        <ul class="notices">
          {notices.map(({ id, text }) => (
            <li key={id} dir="auto">
              <Icon name="horn" />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
      {wall.view !== "off" && <Shown wall={wall} say={say} />}
      <JoinPanel wall={wall} say={say} />
    </main>
  );
}

function Shown({ wall, say }: { wall: Wall; say: WallWords }): JSX.Element {
  switch (wall.view) {
    case "questions":
      return <QuestionList all={wall.questions} say={say} />;
    case "poll":
      return wall.poll ? <PollBars poll={wall.poll} say={say} /> : <p class="quiet">{say.noPoll}</p>;
    default:
      return <Talk messages={wall.messages} say={say} />;
  }
}
