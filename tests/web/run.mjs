import './report_test.mjs';
import './hostile_test.mjs';
import './large_test.mjs';
import './index_test.mjs';
import {runAll} from './harness.mjs';

await runAll();
