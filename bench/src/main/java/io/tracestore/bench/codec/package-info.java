/** What was measured before the binary form was chosen: see ADR 3. */
@NullMarked
package io.tracestore.bench.codec;

import org.jspecify.annotations.NullMarked;
