/** The classes that differ in Spring Boot 3, such as those of health. */
@NullMarked
package io.tracestore.spring.boot3;

import org.jspecify.annotations.NullMarked;
