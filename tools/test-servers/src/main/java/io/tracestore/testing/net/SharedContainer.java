package io.tracestore.testing.net;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * A container that is started when a test first asks for it, and removed with the JVM; or the
 * reason why there is none. Any thread.
 */
public final class SharedContainer<C extends GenericContainer<?>> {
  private final String image;
  private final Function<String, C> make;
  private @Nullable C started;
  private @Nullable String whyNot;

  /**
   * @param make makes a container of the image, not started
   */
  public SharedContainer(String image, Function<String, C> make) {
    this.image = image;
    this.make = make;
  }

  /** Why there is none; empty if there is one. */
  public synchronized Optional<String> whyNot() {
    if (started == null && whyNot == null) {
      start();
    }
    return Optional.ofNullable(whyNot);
  }

  /** The container, running. */
  public synchronized C get() {
    Optional<String> reason = whyNot();
    if (started == null) {
      throw new IllegalStateException(reason.orElse("not started"));
    }
    return started;
  }

  // Testcontainers removes it when this JVM has ended.
  private void start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      whyNot = "Docker does not answer";
      return;
    }
    try {
      C container = make.apply(image);
      container.start();
      started = container;
    } catch (RuntimeException e) {
      whyNot = "no container of %s can be started: %s".formatted(image, innermost(e).getMessage());
    }
  }

  /** The innermost cause; the exceptions around it only say that the container did not start. */
  private static Throwable innermost(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : innermost(cause);
  }
}
