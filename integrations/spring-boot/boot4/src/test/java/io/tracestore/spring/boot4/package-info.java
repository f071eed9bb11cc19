@NullMarked
package io.tracestore.spring.boot4;

import org.jspecify.annotations.NullMarked;
