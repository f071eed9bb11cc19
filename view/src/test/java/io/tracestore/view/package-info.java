@NullMarked
package io.tracestore.view;

import org.jspecify.annotations.NullMarked;
