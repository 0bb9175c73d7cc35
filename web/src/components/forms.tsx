// The lobby's sheets, in a chunk of their own.

import type { JSX } from "preact";
import { sheet } from "../route";
import { CodeSheet } from "./code-sheet";
import { CreateSheet } from "./create-sheet";

export function Forms(): JSX.Element | null {
  return sheet.value === "create" ? <CreateSheet /> : sheet.value === "code" ? <CodeSheet /> : null;
}
