/** What the tests of several modules need. */
@NullMarked
package io.tracestore.testing;

import org.jspecify.annotations.NullMarked;
