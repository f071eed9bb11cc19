@NullMarked
package io.tracestore.cli;

import org.jspecify.annotations.NullMarked;
