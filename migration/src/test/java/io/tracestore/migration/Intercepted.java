package io.tracestore.migration;

import io.tracestore.spi.TraceStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;

/** A store whose calls a test looks at, delays or fails. */
final class Intercepted {
  private Intercepted() {}

  /** Stands in for the calls of a method. */
  interface Interceptor {
    /**
     * Stands in for one call.
     *
     * @param call does what the store would do
     */
    Object around(String method, List<Object> arguments, Callable<Object> call) throws Exception;
  }

  static TraceStore store(TraceStore store, Interceptor interceptor) {
    return (TraceStore)
        Proxy.newProxyInstance(
            TraceStore.class.getClassLoader(),
            new Class<?>[] {TraceStore.class},
            (proxy, method, arguments) ->
                interceptor.around(
                    method.getName(),
                    arguments == null ? List.of() : List.of(arguments),
                    () -> invoke(store, method, arguments)));
  }

  /** Every batch that is written goes through {@code before} first. */
  static TraceStore writes(TraceStore store, BatchHandler before) {
    return store(
        store,
        (method, arguments, call) -> {
          if (method.equals("storeTraces")) {
            before.handle((Collection<?>) arguments.getFirst());
          }
          return call.call();
        });
  }

  /** Gets each batch before it is written. */
  interface BatchHandler {
    void handle(Collection<?> traces) throws Exception;
  }

  private static Object invoke(TraceStore store, Method method, Object[] arguments)
      throws Exception {
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
