/**
 * A data set of spans in a published shape, its import, and questions to it. Belongs here: what is
 * measured with spans. Does not belong here: the command line and tables, which are in {@code app}.
 */
@NullMarked
package io.tracestore.bench.spans;

import org.jspecify.annotations.NullMarked;
