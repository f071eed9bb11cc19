@NullMarked
package io.tracestore.migration.spans;

import org.jspecify.annotations.NullMarked;
