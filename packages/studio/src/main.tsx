// Starts the Studio in the page. In: the address. Out: the page.
import { render } from "preact";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/shell.css";
import { Studio } from "./app/studio.js";
import { applyTheme } from "./app/theme.js";

applyTheme();
render(<Studio />, document.getElementById("studio")!);
