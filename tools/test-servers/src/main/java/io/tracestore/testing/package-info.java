/** Parts of tests that several modules share. */
@NullMarked
package io.tracestore.testing;

import org.jspecify.annotations.NullMarked;
