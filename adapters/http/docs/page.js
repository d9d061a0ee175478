// Starts Swagger UI on this service's own document. A login made from the page
// fills in "Authorize" and a logout empties it, so nobody copies tokens about.
// The token lives in this tab's memory only and is gone after a reload.
"use strict";

const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  validatorUrl: null, // the default would send the document to a public host
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  requestSnippetsEnabled: true,
  responseInterceptor(response) {
    if (!response.ok) return response;
    const path = new URL(response.url, window.location.href).pathname;
    if (path === "/doctor/login") {
      ui.preauthorizeApiKey("bearerAuth", JSON.parse(response.text).data.token);
    }
    if (path === "/doctor/logout") {
      ui.authActions.logout(["bearerAuth"]);
    }
    return response;
  },
});
