@NullMarked
package io.tracestore.server;

import org.jspecify.annotations.NullMarked;
