package io.tracestore.provider.support;

import java.lang.invoke.MethodHandles;
import org.jooq.Log;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.tools.JooqLogger;

/**
 * Leaves out the greeting and the tip that jOOQ logs when it renders its first statement: an
 * application that stores traces need not know of jOOQ. jOOQ itself would leave them out for system
 * properties, which belong to the application.
 */
public final class JooqGreeting {
  private static boolean isLeftOut;

  private JooqGreeting() {}

  /**
   * Makes jOOQ render a statement without logging, once. Call it before anything else of jOOQ is
   * used.
   */
  public static synchronized void leaveOut() {
    if (isLeftOut) {
      return;
    }
    Log.Level before = threshold();
    JooqLogger.globalThreshold(Log.Level.WARN);
    try {
      DSL.using(SQLDialect.DEFAULT).render(DSL.one());
      isLeftOut = true;
    } finally {
      JooqLogger.globalThreshold(before);
    }
  }

  /**
   * The threshold that the application has set, for which jOOQ has no getter; jOOQ's default if it
   * cannot be read.
   */
  private static Log.Level threshold() {
    try {
      return (Log.Level)
          MethodHandles.privateLookupIn(JooqLogger.class, MethodHandles.lookup())
              .findStaticVarHandle(JooqLogger.class, "globalThreshold", Log.Level.class)
              .getVolatile();
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Log.Level.TRACE;
    }
  }
}
