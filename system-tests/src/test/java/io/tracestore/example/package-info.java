/** The example of the provider guide: a complete store in a few maps. */
@NullMarked
package io.tracestore.example;

import org.jspecify.annotations.NullMarked;
