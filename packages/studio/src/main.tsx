// Starts the Studio in the page. In: the address. Out: the page.
import { render } from "preact";
import "./style/tokens.css";
import "./style/base.css";
import { App } from "./app/app.js";

render(<App />, document.getElementById("studio")!);
