// node split.mjs
//
// The peer `peer/js-split@node`.

import { splitRecords } from "./split_records.mjs";
import { serveText } from "./text_runner.mjs";

serveText(splitRecords);
