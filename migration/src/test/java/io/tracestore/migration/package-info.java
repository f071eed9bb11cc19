@NullMarked
package io.tracestore.migration;

import org.jspecify.annotations.NullMarked;
