package io.tracestore;

import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Found through META-INF/services; its stores only know the URI and options they were opened with.
 */
public class FakeProvider implements TraceStoreProvider {
  static final StoreOption<Integer> SIZE = StoreOption.ofInt("size", 3, 1, 9, "A size.");
  static final StoreOption<String> PASSWORD =
      StoreOption.ofString("password", null, "A password.").asSecret();

  /** Makes the next open fail; set and taken away by a test. */
  static @Nullable Function<StoreUri, Throwable> failure;

  static @Nullable StoreUri openedUri;
  static @Nullable StoreOptions openedOptions;

  @Override
  public String scheme() {
    return "fake";
  }

  @Override
  public List<String> aliases() {
    return List.of("jdbc:fake");
  }

  @Override
  public String description() {
    return "a fake";
  }

  @Override
  public String uriSyntax() {
    return "fake:ANYTHING";
  }

  @Override
  public List<StoreOption<?>> options() {
    return List.of(SIZE, PASSWORD);
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) throws TraceStoreException {
    Function<StoreUri, Throwable> fails = failure;
    if (fails != null) {
      throwAny(fails.apply(uri));
    }
    openedUri = uri;
    openedOptions = options;
    return (TraceStore)
        Proxy.newProxyInstance(
            FakeProvider.class.getClassLoader(),
            new Class<?>[] {TraceStore.class},
            (proxy, method, arguments) -> null);
  }

  /** Throws what other languages may: anything. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void throwAny(Throwable failure) throws T {
    throw (T) failure;
  }
}
