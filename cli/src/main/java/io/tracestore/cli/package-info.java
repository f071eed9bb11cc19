/**
 * The {@code tracestore} command: {@link io.tracestore.cli.Main} and a class for each subcommand.
 */
@NullMarked
package io.tracestore.cli;

import org.jspecify.annotations.NullMarked;
