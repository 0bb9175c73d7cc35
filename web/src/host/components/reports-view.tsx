import type { JSX } from "preact";
import { Glass } from "../../components/icons";
import { Mark } from "../../components/mark";
import { useStill } from "../../components/still";
import { mark } from "../../store/marks";
import { acts, openAbout, state } from "../app";
import { reportKey, strikeOff, takeBackReported } from "../deeds";
import type { Reported, Said } from "../wire";
import { hostWords } from "../words";
import { clock } from "./said-list";

export function ReportsView(): JSX.Element {
  const say = hostWords();
  const { reports } = useStill(state.value);
  if (!reports) return <p class="soft centre">{say.looking}</p>;
  if (reports.length === 0) {
    return (
      <div class="empty">
        <Glass />
        <h2>{say.noReports}</h2>
        <p>{say.noReportsHint}</p>
      </div>
    );
  }
  return (
    <>
      <h2 class="view-title">{say.reports}</h2>
      <ul class="reports">
        {reports.map((report) => (
          <li key={report.id}>
            <Report report={report} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Report({ report }: { report: Reported }): JSX.Element {
  const say = hostWords();
  const { id, chatter, nickname, content, takenBack, code, room, byNickname, reason, at, seq } = report;
  const face = mark({ id: chatter, nickname });
  const title = state.value.rooms?.find((one) => one.id === room)?.title ?? code;
  const message: Said = { id: 0, seq, at, chatter, nickname, content, takenBack, isNotice: false, room, code, title };
  return (
    <article class={`report ${acts.concerns(reportKey(id)) ? "line-going" : ""}`}>
      <button type="button" class="line" aria-haspopup="dialog" onClick={() => openAbout({ kind: "message", message })}>
        <Mark of={face} />
        <span class="line-body">
          <span class="line-head">
            <bdi class={`who tint-${face.tint}`}>{nickname}</bdi>
            <bdi class="line-room">{title}</bdi>
            <time>{clock(at, say.locale)}</time>
          </span>
          <span class={`line-text ${takenBack ? "line-taken" : ""}`} dir="auto">
            {takenBack ? say.takenBack : content}
          </span>
        </span>
      </button>
      <p class="soft report-why">
        {say.reportedBy(byNickname)}
        {reason && ": "}
        {reason && <bdi>{reason}</bdi>}
      </p>
      <div class="report-acts">
        {!takenBack && (
          <button type="button" class="button danger" onClick={() => takeBackReported(report)}>
            {say.takeBack}
          </button>
        )}
        <button type="button" class="button" onClick={() => strikeOff(report)}>
          {say.reportDone}
        </button>
      </div>
    </article>
  );
}
