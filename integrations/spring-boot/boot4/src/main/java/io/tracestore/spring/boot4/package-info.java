/** What differs in Spring Boot 4: the classes of health. */
@NullMarked
package io.tracestore.spring.boot4;

import org.jspecify.annotations.NullMarked;
