// The page of a wall, for a projector or a television: built apart as well, so that it is small and shares no file.

import { mergeConfig, type UserConfig } from "vite";
import shared from "./vite.config";

const config = mergeConfig(shared as UserConfig, { build: { emptyOutDir: false, rollupOptions: { input: "wall.html" } } });

export default config;
