/** The form of what lies in the map. Knows no map. */
@NullMarked
package io.tracestore.provider.chronicle.schema;

import org.jspecify.annotations.NullMarked;
