/** What differs in Spring Boot 3: the classes of health. */
@NullMarked
package io.tracestore.spring.boot3;

import org.jspecify.annotations.NullMarked;
