// Examples name the gateway that served them.

for (const element of document.querySelectorAll(".endpoint")) element.textContent = new URL("/graphql", location.href).href;
