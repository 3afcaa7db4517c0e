// node split.mjs
//
// The rival `peer/js-split@node`.

import { splitRecords } from "./split_records.mjs";
import { serveText } from "./text_runner.mjs";

serveText(splitRecords);
