/** Output of the commands: text that fits, tables, timelines and progress. */
@NullMarked
package io.tracestore.cli.terminal;

import org.jspecify.annotations.NullMarked;
