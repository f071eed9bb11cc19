@NullMarked
package io.tracestore.cli.terminal;

import org.jspecify.annotations.NullMarked;
